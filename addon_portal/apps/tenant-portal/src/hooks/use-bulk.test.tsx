// @vitest-environment jsdom
import { onlineManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it } from "vitest";
import { useBulkProgress } from "@/hooks/use-bulk";
import { type BulkItem, type BulkRestart, bulkItemsQuery, bulkQuery } from "@/lib/bulk-restarts";

const ID = "blk_01k7qz9t3v5x8y2m4n6p0r1s2a";
const bulkOf = (state: BulkRestart["state"], done: number) => ({ id: ID, state, done, total: 1 }) as BulkRestart;
const listOf = (state: BulkItem["state"]) => ({
  pages: [{ items: [{ project_id: "prj_1", state } as BulkItem], next_cursor: null }],
  pageParams: [null],
});

afterEach(() => {
  cleanup();
  onlineManager.setOnline(true);
});

it("nothing is said to be done above rows that still wait", async () => {
  onlineManager.setOnline(false); // what is not there yet is waited for
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={cache}>{children}</QueryClientProvider>
  );
  cache.setQueryData(bulkQuery(ID).queryKey, bulkOf("working", 0));
  cache.setQueryData(bulkItemsQuery(ID, 0).queryKey, listOf("waiting"));
  const { result } = renderHook(() => useBulkProgress(ID), { wrapper });
  const seen = () => [result.current.bulk?.state, result.current.list.data?.pages[0]?.items[0]?.state];
  expect(seen()).toEqual(["working", "waiting"]);
  cache.setQueryData(bulkQuery(ID).queryKey, bulkOf("finished", 1));
  await waitFor(() => expect(result.current.list.isPlaceholderData).toBe(true));
  expect(seen()).toEqual(["working", "waiting"]);
  cache.setQueryData(bulkItemsQuery(ID, 1).queryKey, listOf("started"));
  await waitFor(() => expect(seen()).toEqual(["finished", "started"]));
});
