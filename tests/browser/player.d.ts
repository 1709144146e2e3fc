declare module "*.css" {
  const sheet: CSSStyleSheet;
  export default sheet;
}

/** What `service/player/assets.py` makes. */
declare module "*/embed-more.json" {
  const second: { file: string; integrity: string };
  export default second;
}
