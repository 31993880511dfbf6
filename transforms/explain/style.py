"""How the page looks, on a screen and on paper."""

STYLE = """
:root { color-scheme: light; font-size: 15px; --line: #d5d9e0; --quiet: #5b6472; }
body { font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #1b1f27;
  max-width: 68rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; border-bottom: 2px solid #1b1f27; padding-bottom: .4rem; }
h2 { font-size: 1.2rem; margin-top: 2rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0 0 .3rem; display: flex; gap: 1rem; align-items: baseline;
  justify-content: space-between; }
section > h3 { margin-top: 1.4rem; }
h4 { font-size: .9rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0; overflow-wrap: anywhere; }
.note { color: var(--quiet); font-size: .87rem; }
table { border-collapse: collapse; margin: .5rem 0; font-size: .92rem; }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
details table { width: 100%; }
details td:first-child { width: 9rem; }
.short { white-space: nowrap; }
.reference { overflow-wrap: anywhere; }
.left-out { color: var(--quiet); text-decoration: line-through; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; }
.formula { font-variant-numeric: tabular-nums; }
article { border: 1px solid var(--line); border-left: .35rem solid #6b7280; border-radius: .3rem;
  padding: .8rem 1rem; margin: .9rem 0; }
article.equal { border-left-color: #1a7f4b; }
article.different { border-left-color: #b45309; }
article.not-computed { border-left-color: #6b21a8; }
.badge { font-size: .75rem; font-weight: 700; letter-spacing: .03em; white-space: nowrap; }
.badge.equal { color: #14633b; }
.badge.different { color: #92400e; }
.badge.not-computed { color: #6b21a8; }
.reason { background: #f4effa; border-radius: .25rem; padding: .4rem .6rem; }
.different > .reason { background: #fdf3e3; }
summary { cursor: pointer; font-weight: 600; margin-top: .6rem; }
@media print {
  :root { font-size: 8.5pt; }
  body { max-width: none; margin: 0; padding: 0; line-height: 1.35; }
  th, td { padding: .1rem .6rem .1rem 0; }
  h2, h3, h4, summary { break-after: avoid; }
  tr { break-inside: avoid; }
  .reason { border: 1px solid var(--line); }
}
"""
