import { type Command, Option } from "commander";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import type { RuntimeOptions } from "../runtime/runtime-options.ts";
import { chooseVariant, type Variant } from "../runtime/variant.ts";
import { type WideKernels, type WideOptions, wideKernels } from "../wide/wide.node.ts";

/** The value of `--wide`. Like the flag of V8 that it sets, it holds for the whole process. */
let wide: WideOptions["wide"] = "auto";

/** The kernels of this process, by build. */
const compiled = new Map<Variant, WideKernels>();

/** Adds the option `--wide` to a command. */
export function addWide(command: Command): void {
  command.addOption(
    new Option(
      "--wide <use>",
      "vectors of 256 bits, faster and with the same results; auto: in Node 24 on Linux with AVX2",
    )
      .choices(["auto", "on", "off"])
      .default("auto"),
  );
  command.hook("preAction", (_, action) => {
    wide = action.getOptionValue("wide");
  });
}

/** Compiles the kernels as `--wide` says, or returns those that are compiled already. @throws the errors of `wideKernels` */
export async function kernelsOf(asked?: Variant | "auto"): Promise<WideKernels> {
  const variant = chooseVariant(asked);
  const kernels = compiled.get(variant) ?? (await wideKernels({ variant, wide }));
  compiled.set(variant, kernels);
  return kernels;
}

/** Returns whether the kernels of a runtime of `startRuntime` use vectors of 256 bits. */
export function isWide({ variant }: Runtime): boolean {
  return compiled.get(variant)?.wide ?? false;
}

/** Starts a runtime on the kernels of this process. @throws the errors of `wideKernels` and `createRuntime` */
export async function startRuntime(options: Omit<RuntimeOptions, "module"> = {}): Promise<Runtime> {
  const { module } = await kernelsOf(options.variant);
  return createRuntime({ ...options, module });
}
