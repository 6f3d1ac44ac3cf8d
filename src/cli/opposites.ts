import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";

/** Makes a command refuse a switch and its opposite, such as `--header --no-header`. Commander would take the last one. */
export function refuseOpposites(command: Command): void {
  for (const off of command.options.filter(({ negate }) => negate)) {
    const on = command.options.find(
      (option) => option !== off && option.attributeName() === off.attributeName(),
    );
    if (!on) continue;
    const given = new Set<string>();
    for (const option of [on, off]) {
      command.on(`option:${option.name()}`, () => {
        given.add(option.long!);
        if (given.size < 2) return;
        throw new UnrolledError(
          "ERR_VALUE",
          `${[...given].join(" and ")} contradict each other; give one of them`,
        );
      });
    }
  }
}
