"""The look of the inbox: one column, light or dark as the reader has it, readable on a phone."""

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dde2e8; --ground: #f6f7f9;
  --card: #ffffff; --accent: #0b62c4; --tint: #e6effa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --line: #2c3440;
  --ground: #12161c; --card: #1a2028; --accent: #7ab4ff; --tint: #1e2f45; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main { max-width: 56rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.home { margin: 0; font-weight: 600; } .home a { text-decoration: none; color: var(--ink); }
.home span { color: var(--soft); font-weight: 400; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .75rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft);
  margin: 0 0 .6rem; }
.count { color: var(--soft); margin: 0 0 1rem; }
.empty { color: var(--soft); padding: 3rem 0; text-align: center; }
.button { display: inline-block; margin-top: .4rem;
  padding: .35rem .9rem; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); text-decoration: none; }
.mails { list-style: none; margin: 0 0 3rem; padding: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.mails li + li { border-top: 1px solid var(--line); }
.mails a { display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem; padding: .8rem 1rem;
  color: inherit; text-decoration: none; }
.mails a:hover { background: var(--tint); }
.subject { font-weight: 600; overflow-wrap: anywhere; }
.people { grid-column: 1; display: flex; flex-wrap: wrap;
  gap: 0 .4rem; color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.people b { color: var(--ink); font-weight: 500; }
.facts { grid-column: 2; grid-row: 1 / span 2; display: flex; gap: .7rem; align-items: center;
  color: var(--soft); font-size: .85rem; white-space: nowrap; }
.set { background: var(--tint); color: var(--accent); border-radius: 99px; padding: 0 .6rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem;
  margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; margin: 0;
  font-size: .92rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .9rem/1.5 ui-monospace, Menlo, monospace; }
iframe { width: 100%; height: 28rem; border: 1px solid var(--line); border-radius: 8px; background: #ffffff; }
.attachments { margin: 0; padding-left: 1.1rem; }
@media (max-width: 40rem) {
  .mails a { grid-template-columns: 1fr; }
  .facts { grid-column: 1; grid-row: auto; flex-wrap: wrap; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  iframe { height: 22rem; }
}
"""
