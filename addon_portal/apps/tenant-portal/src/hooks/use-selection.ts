import { useCallback, useState } from "react";

export type Selection = {
  readonly ids: ReadonlySet<string>;
  readonly choose: (id: string, isOn: boolean) => void;
  readonly chooseAll: (ids: readonly string[]) => void;
  readonly clear: () => void;
};

/** Rows that were selected, by their identifiers; those that are no longer listed are the list's to leave out. */
export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const choose = useCallback((id: string, isOn: boolean) => {
    setIds((before) => (isOn ? new Set([...before, id]) : new Set([...before].filter((each) => each !== id))));
  }, []);
  const chooseAll = useCallback((all: readonly string[]) => setIds(new Set(all)), []);
  const clear = useCallback(() => setIds(new Set()), []);
  return { ids, choose, chooseAll, clear };
}
