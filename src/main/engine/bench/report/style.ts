/** How a report looks: a paper's supplement, light or dark as the reader's system is, black on white when printed. */
export const style = `
:root{color-scheme:light dark;--ink:light-dark(#1c1d1f,#e9e9e7);--quiet:light-dark(#5b5e63,#a3a6ab);--line:light-dark(#d9d9d5,#34363a);--paper:light-dark(#fff,#161718);--accent:light-dark(#0b7a75,#4cc2ba);--hand:light-dark(#a65a00,#f0b060)}
body{margin:0 auto;max-width:860px;padding:48px 24px;background:var(--paper);color:var(--ink);font:15px/1.55 Georgia,'Times New Roman',serif;font-variant-numeric:tabular-nums}
h1{font-size:27px;line-height:1.2;margin:0 0 4px}h2{font-size:19px;margin:36px 0 10px}h3{font-size:15.5px;margin:22px 0 6px}
p{margin:6px 0}.quiet,figcaption,dt{color:var(--quiet)}.quiet,figcaption{font-size:13px}
header{border-bottom:2px solid var(--ink);padding-bottom:14px}
dl{margin:8px 0}dl div{display:grid;grid-template-columns:110px 1fr;gap:12px;padding:1px 0}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:18px 0}table{border-collapse:collapse;width:100%;font-size:13.5px;border-bottom:1.5px solid var(--ink)}
caption{text-align:left;padding-bottom:6px}thead th{border-top:1.5px solid var(--ink);border-bottom:1px solid var(--ink);font-weight:600}
th,td{text-align:left;vertical-align:top;padding:3px 12px 3px 0}.number{text-align:right;white-space:nowrap}
figure{margin:14px 0}svg{width:100%;height:auto}svg text{fill:var(--ink);font:13px Georgia,serif}.bar{fill:var(--accent)}.whisker{stroke:var(--ink);fill:none;stroke-width:1.2}
article{border-top:1px solid var(--line);margin-top:18px}
.strip{display:flex;flex-wrap:wrap;gap:2px;margin:10px 0 4px}.strip i{width:11px;height:15px;border:1px solid var(--accent);border-bottom-width:1px;box-sizing:border-box}.strip .expanded{background:var(--accent)}.strip .forced{border-bottom:4px solid var(--hand)}.strip .first{margin-left:7px}
.passages{font-size:13.5px;padding-left:22px}.passages li{margin:5px 0}
pre{font:12px/1.5 'DejaVu Sans Mono',monospace;border:1px solid var(--line);padding:10px 12px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10.5pt}.wide,pre{overflow:visible}h2,h3{break-after:avoid}article,figure,tr{break-inside:avoid}.strip i,.bar{print-color-adjust:exact}@page{margin:18mm}}
`
