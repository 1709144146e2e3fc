// The keys, headphones and lock screen of the reader's device.

/** Shows this recording there while it sounds, and takes its commands. */
export function present(playback, { title, site, artwork, step, jump }) {
  const session = navigator.mediaSession;
  if (!session) return;
  session.metadata = new MediaMetadata({ title, artist: site, artwork: artwork ? [{ src: artwork }] : [] });
  const offset = (details, sign) => playback.seek(playback.time + sign * (details.seekOffset || step));
  const handlers = {
    play: () => playback.play(),
    pause: () => playback.pause(),
    stop: () => playback.pause(),
    seekbackward: (details) => offset(details, -1),
    seekforward: (details) => offset(details, 1),
    seekto: (details) => playback.seek(details.seekTime),
    previoustrack: () => jump(-1),
    nexttrack: () => jump(1),
  };
  for (const [action, handler] of /** @type {[MediaSessionAction, MediaSessionActionHandler][]} */ (Object.entries(handlers))) session.setActionHandler(action, handler);
}

export function tellPosition(playback) {
  const { duration, rate } = playback;
  const position = Math.min(playback.time, duration);
  if (duration) navigator.mediaSession?.setPositionState({ duration, playbackRate: rate, position });
}
