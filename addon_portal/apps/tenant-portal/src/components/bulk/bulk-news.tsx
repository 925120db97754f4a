import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Time } from "@/components/time";
import { recentBulks } from "@/lib/bulk-restarts";
import { bulkText, isNews } from "@/lib/bulk-words";
import { serverNow } from "@/lib/clock";

/** A line for each restart of many projects that goes on, and for the newest if it ended a moment ago: the way back. */
export function BulkNews() {
  // What was news when the page was opened stays: a line that goes by itself would move what stands below it.
  const [now] = useState(serverNow);
  const { data = [] } = useQuery(recentBulks);
  const news = data.filter((bulk, index) => isNews(bulk, now) && (bulk.state === "working" || index === 0));
  if (!news.length) return null;
  return (
    <ul className="mt-3 flex flex-col gap-1">
      {news.map((bulk) => (
        <li key={bulk.id} className="flex flex-wrap gap-x-2 rounded-sm bg-sunken px-3 py-1.5">
          <span>
            {bulkText(bulk)} <Time at={bulk.finished_at ?? bulk.requested_at} />
          </span>
          <Link to="/restarts/$bulkId" params={{ bulkId: bulk.id }} className="text-accent underline">
            {bulk.state === "working" ? "See how it goes" : "What became of each"}
          </Link>
        </li>
      ))}
    </ul>
  );
}
