import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

interface LazyProps<P> {
  /** Loads the component. Another function loads again. */
  readonly load: () => Promise<ComponentType<P>>;
  readonly props: P;
  /** Height in pixels to keep free meanwhile. */
  readonly height?: number;
}

/** Shows a component whose code is loaded when it is first shown. */
export function Lazy<P extends object>({ load, props, height = 200 }: LazyProps<P>) {
  const [Loaded, setLoaded] = useState<{ readonly of: unknown; readonly Component: ComponentType<P> }>();
  useEffect(() => {
    let current = true;
    load().then((Component) => current && setLoaded({ of: load, Component }));
    return () => {
      current = false;
    };
  }, [load]);
  if (Loaded?.of !== load) return <div style={{ minHeight: `${height}px` }} />;
  return <Loaded.Component {...props} />;
}
