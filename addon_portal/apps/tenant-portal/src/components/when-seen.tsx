import { type ReactNode, useEffect, useRef, useState } from "react";
import { Skeleton } from "@/components/skeleton";

/** How far below the screen a part already begins to load. */
const MARGIN = "200px";

/** A part of a page that is read only once somebody is about to see it; until then its place is kept. */
export function WhenSeen({ rows, children }: { rows: number; children: ReactNode }) {
  const [isSeen, setSeen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isSeen || !place.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: MARGIN,
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return isSeen ? (
    children
  ) : (
    <div ref={place}>
      <Skeleton rows={rows} />
    </div>
  );
}
