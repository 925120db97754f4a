/** The place of rows that are on their way, so that nothing jumps when they come. */
export function Skeleton({ rows = 3, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3 py-2">
      {Array.from({ length: rows }, (_, row) => `row ${row}`).map((row, index) => (
        <div key={row} className="h-4 rounded-sm bg-hover" style={{ width: `${88 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
