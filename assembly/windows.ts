/** How windows lie on planes. */
@unmanaged
export class Windows {
  /** Number of planes. */
  channels!: i32;
  height!: i32;
  width!: i32;
  /** Number of rows of a window. */
  rows!: i32;
  columns!: i32;
  rowStride!: i32;
  columnStride!: i32;
  rowDilation!: i32;
  columnDilation!: i32;
  /** How far the first window begins above the planes. */
  top!: i32;
  /** How far it begins to the left of them. */
  left!: i32;
  /** Number of windows one below the other. */
  down!: i32;
  /** Number of windows side by side. */
  across!: i32;
}
