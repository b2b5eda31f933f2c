/** The look of a report: a paper's supplement on screen, in the dark and in print. */
import { onDark } from '../../../../shared/picture.ts'

/** Lines of a picture name their colours as they are on paper. */
const darkLines = Object.entries(onDark)
  .map(([paper, dark]) => `.panels [stroke="${paper}"]{stroke:${dark}}.panels [fill="${paper}"]{fill:${dark}}`)
  .join('')

export const styles = `
:root{color-scheme:light dark;--ink:#1a1c1e;--quiet:#575d63;--line:#d5d9dc;--paper:#fff;--soft:#f5f6f7;--accent:#0a746b;--good:#0b6b3a;--bad:#a3261f;--hand:#a65a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--quiet:#a3aab1;--line:#3a4046;--paper:#16181a;--soft:#1f2225;--accent:#4fc3b9;--good:#6fce98;--bad:#f2938c;--hand:#f0b060}}
*{box-sizing:border-box}
body{margin:0 auto;padding:40px 28px 80px;max-width:1060px;font:14px/1.5 Georgia,'Times New Roman',serif;color:var(--ink);background:var(--paper)}
h1{margin:0 0 4px;font-size:26px;line-height:1.25}
h2{margin:36px 0 10px;font-size:19px}
h3{margin:22px 0 6px;font-size:15.5px}
.table{margin:28px 0}
.caption{margin:0 0 8px}
.quiet,figcaption,nav,summary,dt{color:var(--quiet)}
.quiet,figcaption{font-size:13px}
p{margin:6px 0}
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
dl div{display:contents}
dd{margin:0;overflow-wrap:anywhere}
figure{margin:14px 0}
.panels{max-width:100%;height:auto}
.panels text{font:10px system-ui,sans-serif}
.panels text:not(.name){fill:var(--quiet)}
.panels .title{font-weight:600;fill:var(--ink)}
.panels .grid{stroke:var(--line)}
.panels .hollow{fill:var(--paper)}
@media screen and (prefers-color-scheme:dark){${darkLines}}
.bars{width:100%;height:auto}
.bars text{fill:var(--ink);font:13px system-ui,sans-serif}
.bar{fill:var(--accent)}
.whisker{stroke:var(--ink);fill:none;stroke-width:1.2}
article{margin-top:18px;border-top:1px solid var(--line)}
.strip{display:flex;flex-wrap:wrap;gap:2px;margin:10px 0 4px}
.strip i{width:11px;height:15px;border:1px solid var(--accent)}
.strip .expanded{background:var(--accent)}
.strip .forced{border-bottom:4px solid var(--hand)}
.strip .first{margin-left:7px}
.passages{padding-left:22px;font-size:13.5px}
.passages li{margin:5px 0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media print{:root{--ink:#000;--quiet:#444;--line:#ccc;--paper:#fff;--soft:#f5f5f5;--accent:#0a746b;--hand:#a65a00}body{padding:0;max-width:none;font-size:11px}table{font-size:9.5px}.scroll{overflow:visible}h2,h3,.caption{break-after:avoid}tr,article,figure{break-inside:avoid}.strip i,.bar{print-color-adjust:exact}nav{display:none}@page{margin:16mm}}
`
