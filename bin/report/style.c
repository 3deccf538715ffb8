#include "style.h"

/* clang-format off */
const char style_css[] =
":root{color-scheme:light dark;--bot:#2563a8;--caller:#b4541a;--line:#8884;--dim:#777}"
"body{font:15px/1.45 system-ui,sans-serif;max-width:1240px;margin:1.5rem auto;padding:0 1rem}"
"h1{font-size:1.3rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}"
"dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.8rem 0}dt{color:var(--dim)}dd{margin:0}"
"svg{width:100%;height:auto;display:block}audio{width:100%;margin:.5rem 0}"
"table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem .2rem 0;text-align:left;vertical-align:top}"
"tr{border-top:1px solid var(--line)}th{color:var(--dim);font-weight:normal}"
"td.n,th.n{width:1%;text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
".bot td.who,.bot.wave{color:var(--bot);fill:var(--bot)}.caller td.who,.caller.wave{color:var(--caller);fill:var(--caller)}"
"tr[data-t]{cursor:pointer}tr[data-t]:hover,tr.now{background:#8882}"
"s,.dim{color:var(--dim)}.bad{color:#c02020}"
"#wave{cursor:crosshair;background:#8881}#cursor{stroke:#c02020}text{font-size:12px;fill:currentColor}"
".tick{stroke:var(--line)}.said{opacity:.18}.state{stroke:var(--dim);stroke-dasharray:3 3}"
".s0{fill:#999}.s1{fill:#7aa6c2}.s2{fill:#2563a8}.s3{fill:#5a9a4a}.s4{fill:#b4541a}.bars{max-width:640px}"
"pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}";

const char style_js[] =
"(()=>{const a=document.querySelector('audio'),w=document.getElementById('wave'),c=document.getElementById('cursor'),"
"end=+w.dataset.ms,width=+w.dataset.width,rows=[...document.querySelectorAll('tr[data-t]')];"
"const seek=ms=>{if(a){a.currentTime=ms/1000;a.play().catch(()=>{})}show(ms)};"
"const show=ms=>{const x=end?ms/end*width:0;c.setAttribute('x1',x);c.setAttribute('x2',x);"
"let now=null;for(const r of rows)if(+r.dataset.t<=ms)now=r;for(const r of rows)r.classList.toggle('now',r===now)};"
"rows.forEach(r=>r.addEventListener('click',()=>seek(+r.dataset.t)));"
"w.addEventListener('click',e=>{const b=w.getBoundingClientRect();seek((e.clientX-b.left)/b.width*end)});"
"if(a)a.addEventListener('timeupdate',()=>show(a.currentTime*1000))})()";
/* clang-format on */
