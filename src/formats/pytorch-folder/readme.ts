/** Returns the ten lines that say what a folder has. @param problem why there is no `train.py` */
export function readme(task: string, problem: string | undefined): string {
  const use = [
    'import sys; sys.path.insert(0, "FOLDER"); from model import load; model = load("FOLDER")  # in Python',
    ...(problem ? [] : ["torchrun --nproc_per_node 2 FOLDER/train.py --data FILE --iters 2000"]),
    "npx unrolled convert FOLDER --out model.safetensors",
  ];
  const train =
    problem ??
    `Training continues from \`checkpoint.pt\` if there is one; \`weights.safetensors\` gets the weights with the best validation.
\`python FOLDER/train.py --help\` lists the options. With the same data, the losses are those of \`unrolled train\`.`;
  return `# A ${task} for PyTorch

\`model.py\` has the module, \`config.json\` its spec and tables, \`weights.safetensors\` its weights. It needs torch, and nothing else.

${use.map((line) => `    ${line}`).join("\n")}

${train}
`;
}
