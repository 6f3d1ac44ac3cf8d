import {cases} from "./parts/charrnn.mjs";
import * as unrolled from "unrolled";
import {run} from "./kinds/training_curve.mjs";
const data=cases("/work/shared/conformance/charrnn")[0].load();
for (const variant of ["strict","relaxed"]) { const rt=await unrolled.createRuntime({variant});
 run({rt,unrolled,data,check:{within(n,got,want){console.log(variant,n,Math.max(...got.map((g,i)=>Math.abs(g-1))))}}}) }
