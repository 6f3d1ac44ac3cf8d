// The worker's script loads parts of itself later, which only modules can.
export default { worker: { format: "es" } };
