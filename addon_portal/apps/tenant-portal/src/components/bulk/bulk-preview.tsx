import { ErrorNote } from "@/components/error-note";
import { Skeleton } from "@/components/skeleton";
import type { Previewed } from "@/hooks/use-preview";
import type { BulkPreview as Preview } from "@/lib/bulk-restarts";
import { countText } from "@/lib/sizes";
import { lookOf } from "@/lib/states";

type Item = Preview["starting"][number];

/** What would be restarted, and what would not and why; as things are now. */
export function BulkPreview({ preview: { data, error, refetch } }: { preview: Previewed }) {
  if (error && !data) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={3} label="Looking what would be restarted" />;
  const skipped = data.total - data.would_start;
  return (
    <div className="mt-3">
      <p className="font-medium">
        {data.would_start} of {countText(data.total, "project")} will be restarted
        {skipped ? `, ${skipped} will not.` : "."}
      </p>
      {skipped > 0 && <Names title="Which will not, and why" items={data.skipping} count={skipped} isOpen />}
      {data.would_start > 0 && <Names title="Which will" items={data.starting} count={data.would_start} />}
    </div>
  );
}

type NamesProps = { title: string; items: Item[]; count: number; isOpen?: boolean };

function Names({ title, items, count, isOpen = false }: NamesProps) {
  return (
    <details open={isOpen} className="mt-2">
      <summary className="cursor-pointer">{title}</summary>
      <ul
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        className="mt-1 max-h-48 divide-y divide-line overflow-y-auto rounded-sm border border-line px-2"
      >
        {items.map((item) => (
          <li key={item.project_id} className="flex flex-wrap gap-x-3 py-1">
            <span className="min-w-0 truncate font-medium">{item.project_name}</span>
            <span className="min-w-0 text-quiet">{item.why ?? lookOf(item).word}</span>
          </li>
        ))}
        {count > items.length && <li className="py-1 text-quiet">and {count - items.length} more</li>}
      </ul>
    </details>
  );
}
