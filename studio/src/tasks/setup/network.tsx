import type { TaskName } from "unrolled/worker";
import { Choice, NumberField } from "../../ui/fields.tsx";
import { TERMS } from "../../ui/terms.ts";
import type { Settings } from "./settings.ts";

const CELLS = [
  ["lstm", "LSTM"],
  ["gru", "GRU"],
  ["rnn", "RNN"],
] as const;

const MOST_THREADS = 8;

interface NetworkProps {
  readonly task: TaskName;
  readonly settings: Settings;
  /** Whether the recipe counts epochs. */
  readonly epochs: boolean;
  /** Whether the network exists already, so that only its training can change. */
  readonly trained?: boolean;
  readonly onChange: (change: Partial<Settings>) => void;
}

/** The network and its training, with each term explained. */
export function Network({ task, settings, epochs, trained, onChange }: NetworkProps) {
  return (
    <div class="pair">
      {!trained && (
        <>
          <Choice
            name="Cell"
            term={TERMS.network}
            about="What happens at each step. An RNN forgets soon; a GRU and an LSTM have gates that let them keep things."
            choices={CELLS}
            value={settings.cell}
            onChange={(cell) => onChange({ cell })}
          />
          <NumberField
            name="Layers"
            about="Networks on top of one another. Each reads the states of the one below."
            min={1}
            max={4}
            value={settings.layers}
            onChange={(layers) => onChange({ layers })}
          />
          <NumberField
            name="Units in each layer"
            about="How many numbers the network remembers. More can learn more, and take longer."
            min={1}
            max={1024}
            value={settings.hidden}
            onChange={(hidden) => onChange({ hidden })}
          />
        </>
      )}
      <NumberField
        name="Learning rate"
        about="How far the weights move at each iteration. Too much, and the loss jumps; too little, and it takes long."
        min={0.00001}
        max={1}
        whole={false}
        value={settings.lr}
        onChange={(lr) => onChange({ lr })}
      />
      <NumberField
        name="Mini-batch"
        about="How many sequences it reads before it moves the weights."
        min={1}
        max={1000}
        value={settings.batch}
        onChange={(batch) => onChange({ batch })}
      />
      <NumberField
        name={epochs ? "Epochs" : "Iterations"}
        about={epochs ? "How often it reads all the data." : "How often it moves the weights."}
        min={1}
        max={1_000_000}
        value={settings.times}
        onChange={(times) => onChange({ times })}
      />
      {/* The loss of an embedder compares the sequences of a batch, so it cannot be divided. */}
      {task !== "embedder" && (
        <NumberField
          name="Threads"
          about="Cores of your computer that share each mini-batch. It pays for large networks."
          min={1}
          max={MOST_THREADS}
          value={settings.threads}
          onChange={(threads) => onChange({ threads })}
        />
      )}
    </div>
  );
}
