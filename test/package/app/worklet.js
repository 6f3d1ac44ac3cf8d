import * as library from "unrolled";
import { recurrent } from "./recurrent.js";

/** Sound from a network that starts at once, from the module that the page has posted. */
class Recurrent extends AudioWorkletProcessor {
  constructor({ processorOptions: { module } }) {
    super();
    this.next = recurrent(library, module);
  }

  process(_, [[channel]]) {
    for (let i = 0; i < channel.length; i++) channel[i] = this.next(1);
    return true;
  }
}

registerProcessor("recurrent", Recurrent);
