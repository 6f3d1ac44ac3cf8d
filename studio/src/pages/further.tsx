import { useEffect } from "preact/hooks";
import { modelOf, openModel } from "../runs/models.ts";
import { findRun, loaded } from "../runs/shelf.ts";
import { studioTask } from "../tasks/index.ts";
import { tellError } from "../ui/notices.tsx";
import { address } from "../ui/router.ts";
import { NoRun } from "./no-run.tsx";
import { SetUp } from "./set-up.tsx";

/** Sets up a run that trains the model of another run further. */
export function FurtherPage({ id }: { readonly id: string }) {
  useEffect(() => {
    openModel(id).catch(tellError);
  }, [id]);
  const run = findRun(id);
  const model = modelOf(id);
  if (!run) return loaded.value ? <NoRun id={id} /> : <h1 tabIndex={-1}>Opening …</h1>;
  return (
    <>
      <h1 tabIndex={-1}>Train further</h1>
      <p>
        The network of <a href={address("run", id)}>{run.name}</a> learns on, from the weights that it has. It
        keeps its size, and the symbols and labels that it knows. The result is a new run; this one stays as
        it is.
      </p>
      {model ? (
        <SetUp task={studioTask(run.plan.task)} base={{ run, model }} />
      ) : (
        <p class="about">Its model is being read …</p>
      )}
    </>
  );
}
