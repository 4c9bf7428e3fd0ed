import { createPubSub } from "../packages/core/dist/index.js";
import { createCrossTabAdapter } from "../packages/cross-tab/dist/index.js";
import { performance } from "node:perf_hooks";
const ends=[];
const mk=()=>{ const ls=new Set(); const t={send(d){ t.posts.push(d); }, posts:[], onMessage(f){ls.add(f);return()=>ls.delete(f)}, close(){}, isAvailable:()=>true, rx(d){for(const l of ls) l(d)} }; ends.push(t); return t;};
const ta=mk(), tb=mk();
const a=createPubSub(), b=createPubSub();
const A=createCrossTabAdapter({transport:ta,clientId:"a",onError(){}}), B=createCrossTabAdapter({transport:tb,clientId:"b",onError(){}});
await A.attach(a); await B.attach(b);
let got=0; b.subscribe("#",()=>{got++});
const tick=()=>new Promise(r=>setImmediate(r));
const payload=()=>({sku:"A-1",count:3,price:{amount:1990,currency:"EUR"},tags:["a","b"]});
let sendT=0, recvT=0, cloneT=0, n=0;
const CLONE = process.argv[2]!=="one";
const per=CLONE?50:1;
for(let round=0; round<(CLONE?6000:40000); round++){
  ta.posts.length=0;
  let t0=performance.now();
  for(let i=0;i<per;i++) a.publish("cart.item.added",payload());
  await Promise.resolve(); await Promise.resolve(); await Promise.resolve();
  let t1=performance.now(); sendT+=t1-t0;
  const posts=ta.posts.splice(0).map(d=>structuredClone(d)); 
  let t2=performance.now(); cloneT+=t2-t1;
  for(const p of posts) tb.rx(p);
  await Promise.resolve();await Promise.resolve();await Promise.resolve();
  recvT+=performance.now()-t2; n+=per;
  if(round%50===0) await tick();
  if(round===(CLONE?1000:8000)){sendT=recvT=cloneT=0;n=0;}
}
await tick();
console.log({per,n,got,send_us:sendT/n*1000,recv_us:recvT/n*1000,clone_us:cloneT/n*1000});
process.exit(0);
