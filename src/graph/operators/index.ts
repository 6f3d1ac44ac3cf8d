import type { Operator } from "../operator.ts";
import { CONVOLUTION } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { LAYER_NORM } from "./layer-norm.ts";
import { LAYOUT } from "./layout.ts";
import { PRODUCTS } from "./products.ts";
import { RECURRENT } from "./recurrent.ts";
import { REDUCTIONS } from "./reductions.ts";
import { SCAN } from "./scan.ts";
import { SHAPES } from "./shapes.ts";
import { SOFTMAX } from "./softmax.ts";

/** Operators that layers of Keras, TF.js and PyTorch become. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...{ ...CONVOLUTION, ...ELEMENTWISE, ...LAYER_NORM, ...LAYOUT, ...PRODUCTS },
  ...{ ...RECURRENT, ...REDUCTIONS, ...SCAN, ...SHAPES, ...SOFTMAX },
};
