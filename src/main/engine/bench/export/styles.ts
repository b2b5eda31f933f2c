/** The look of a report: a paper's supplement on screen, in the dark and in print. */
export const styles = `
:root{color-scheme:light dark;--ink:#1a1c1e;--quiet:#575d63;--line:#d5d9dc;--paper:#fff;--soft:#f5f6f7;--accent:#0a746b;--good:#0b6b3a;--bad:#a3261f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--quiet:#a3aab1;--line:#3a4046;--paper:#16181a;--soft:#1f2225;--accent:#4fc3b9;--good:#6fce98;--bad:#f2938c}}
*{box-sizing:border-box}
body{margin:0 auto;padding:40px 28px 80px;max-width:1060px;font:14px/1.5 Georgia,'Times New Roman',serif;color:var(--ink);background:var(--paper)}
h1{margin:0 0 4px;font-size:26px;line-height:1.25}
h2{margin:40px 0 8px;font-size:15px;font-weight:400}
h2 span{font-weight:700}
header p,nav,summary,dl{color:var(--quiet)}
nav ol{margin:16px 0 0;padding-left:20px;columns:2}
a{color:var(--accent)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;border-top:2px solid var(--ink);border-bottom:2px solid var(--ink);font:12.5px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}
th,td{padding:4px 10px 4px 0;text-align:left;vertical-align:top}
thead th,thead td{border-bottom:1px solid var(--ink);font-weight:600;vertical-align:bottom}
thead td{color:var(--quiet);font-weight:400;white-space:nowrap}
tbody tr+tr>*{border-top:1px solid var(--line)}
.n{text-align:right}
td.n{white-space:nowrap}
td:not(.n,.w){min-width:5.5em}
.w{width:130px;padding-left:6px}
.w svg{display:block;margin-top:3px}
.w line{stroke:var(--accent);stroke-width:1.5}
.w .z{stroke:var(--quiet);stroke-width:1;stroke-dasharray:2 2}
.w circle{fill:var(--accent)}
b{white-space:nowrap}
.holds{color:var(--good)}
.does-not{color:var(--bad)}
.cannot-tell{color:var(--quiet)}
details{margin-top:8px;font:12px/1.5 system-ui,sans-serif}
pre{margin:6px 0 0;padding:8px 10px;background:var(--soft);overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 12px;margin:8px 0 0}
dd{margin:0;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media print{:root{--ink:#000;--quiet:#444;--line:#ccc;--paper:#fff;--soft:#f5f5f5;--accent:#0a746b}body{padding:0;max-width:none;font-size:11px}table{font-size:9.5px}.scroll{overflow:visible}h2{break-after:avoid}tr{break-inside:avoid}nav{display:none}@page{margin:16mm}}
`
