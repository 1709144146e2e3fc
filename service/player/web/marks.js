// Sentences and words with the seconds at which they are heard.

/** Index of the last of `marks` that starts by `seconds`, by bisection; -1 if none does. */
export function at(marks, seconds) {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle].start <= seconds + 0.005) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
