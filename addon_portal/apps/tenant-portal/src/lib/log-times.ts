/**
 * When lines of output came, read block by block as they are shown. A block that was read whole is not asked for again;
 * the one that is still being written is, once the log has grown.
 */
import { answerOf, client } from "@/lib/api";

const BLOCK_BYTES = 16 * 1024;
const MOST_BLOCKS = 256;

interface Block {
  readonly offsets: readonly number[];
  readonly times: readonly number[];
  /** Of what size of the log it is true. */
  readonly readAt: number;
}

export class LogTimes {
  private readonly blocks = new Map<number, Block>();
  private readonly asked = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private readonly runId: string;
  private version = 0;

  constructor(runId: string) {
    this.runId = runId;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getVersion = () => this.version;

  /** When what stands at a byte came, in milliseconds; null while that is not known. */
  at(offset: number): number | null {
    const block = this.blocks.get(Math.floor(offset / BLOCK_BYTES));
    if (block === undefined) return null;
    const after = block.offsets.findIndex((begin) => begin > offset);
    return block.times[(after < 0 ? block.offsets.length : after) - 1] ?? null;
  }

  /** See to it that the times of a stretch are there, of a log that has so many bytes now. */
  want(start: number, end: number, size: number) {
    for (let block = Math.floor(start / BLOCK_BYTES); block * BLOCK_BYTES < end; block += 1) {
      const known = this.blocks.get(block)?.readAt ?? -1;
      const isWhole = known >= (block + 1) * BLOCK_BYTES;
      if (!isWhole && known < size && !this.asked.has(block)) void this.read(block, size);
    }
  }

  private async read(block: number, size: number) {
    this.asked.add(block);
    const query = { from: block * BLOCK_BYTES, to: (block + 1) * BLOCK_BYTES, limit: 2000 };
    const params = { path: { run_id: this.runId }, query };
    try {
      const { items } = await answerOf(client.GET("/api/tenant/runs/{run_id}/log/times", { params }));
      this.keep(block, {
        offsets: items.map((item) => item.offset),
        times: items.map((item) => Date.parse(item.at)),
        readAt: size,
      });
    } catch {
      // Times are an extra: without them the lines stand there all the same.
    } finally {
      this.asked.delete(block);
    }
  }

  private keep(block: number, content: Block) {
    this.blocks.delete(block);
    this.blocks.set(block, content);
    const [oldest] = this.blocks.keys();
    if (this.blocks.size > MOST_BLOCKS && oldest !== undefined) this.blocks.delete(oldest);
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
