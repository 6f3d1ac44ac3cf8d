/** A value of the course notes at a step, such as c⟨t-1⟩. */
export function At({ of, t = "t" }: { readonly of: string; readonly t?: string | number }) {
  return (
    <span class="at">
      {of}⟨{t}⟩
    </span>
  );
}
