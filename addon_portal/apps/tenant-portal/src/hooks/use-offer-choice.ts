import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Offer } from "@/lib/palette";

/**
 * Which offer Enter takes: the one that the person has moved to, else the first. While the server is still asked, what
 * stands first may change; then Enter waits for its answer.
 */
export function useOfferChoice(
  offers: readonly Offer[],
  isReading: boolean,
  onType: (text: string) => void,
  onChoose: (offer: Offer) => void,
) {
  const [chosen, setChosen] = useState("");
  const [isWaiting, setWaiting] = useState(false);
  const isMoving = useRef(false);
  const isChosen = offers.some(({ id }) => id === chosen);
  const current = isChosen ? chosen : (offers[0]?.id ?? "");
  useEffect(() => {
    if (!isWaiting || isReading) return;
    setWaiting(false);
    if (offers[0]) onChoose(offers[0]);
  }, [isWaiting, isReading, offers, onChoose]);
  return {
    current,
    type: (text: string) => {
      setChosen("");
      setWaiting(false);
      onType(text);
    },
    enter: (event: KeyboardEvent) => {
      if (isChosen || !isReading) return;
      event.preventDefault();
      event.stopPropagation();
      setWaiting(true);
    },
    /** To be called before whatever the list does with a key or a pointer: only then it chooses for the person. */
    moves: () => {
      isMoving.current = true;
      queueMicrotask(() => {
        isMoving.current = false;
      });
    },
    choose: (id: string) => {
      if (isMoving.current) setChosen(id);
    },
  };
}
