import { useEffect, useRef, useState } from "preact/hooks";
import type { Experiments } from "../../lab/experiments.ts";
import { LabWorker } from "../lab-worker.ts";

type Options<Name extends keyof Experiments> = NonNullable<Parameters<Experiments[Name]>[0]>;
type Result<Name extends keyof Experiments> = Awaited<ReturnType<Experiments[Name]>>;

/** The last answer of a quick experiment. */
export interface Live<Name extends keyof Experiments> {
  readonly result?: Result<Name> | undefined;
  readonly error?: string | undefined;
}

/**
 * Runs a quick experiment whenever its options change, such as by a slider. While one runs, only the newest options wait. The last
 * result is kept meanwhile.
 *
 * @param options if undefined, nothing runs
 */
export function useLive<Name extends keyof Experiments>(
  name: Name,
  options: Options<Name> | undefined,
): Live<Name> {
  const [live, setLive] = useState<Live<Name>>({});
  const lab = useRef<LabWorker>(undefined);
  const wanted = useRef<Options<Name>>(undefined);
  const busy = useRef(false);
  useEffect(
    () => () => {
      wanted.current = undefined;
      lab.current?.end();
    },
    [],
  );

  async function work(): Promise<void> {
    busy.current = true;
    while (wanted.current) {
      const now = wanted.current;
      wanted.current = undefined;
      lab.current ??= new LabWorker();
      try {
        const result = (await lab.current.run(name, now, () => {})) as Result<Name>;
        setLive({ result });
      } catch (error) {
        setLive(({ result }) => ({ result, error: (error as Error).message }));
      }
    }
    busy.current = false;
  }

  useEffect(() => {
    wanted.current = options;
    if (options && !busy.current) void work();
  }, [JSON.stringify(options)]);
  return live;
}
