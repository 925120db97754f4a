import { Command } from "cmdk";
import { useState } from "react";
import { ErrorNote } from "@/components/error-note";
import { PALETTE_FIELD, PALETTE_HINT, PALETTE_LIST } from "@/components/palette/palette-field";
import { useOfferChoice } from "@/hooks/use-offer-choice";
import { type Asked, useFoundOffers, useGeneralOffers, useHereOffers } from "@/hooks/use-palette-offers";
import { useSettled } from "@/hooks/use-settled";
import { AND_MORE } from "@/lib/finding";
import { foundOffers, groupsOf, type Offer } from "@/lib/palette";
import { allZones, chooseTimeZone, ownZone } from "@/lib/time-zone";

/** The server is not asked for every letter. */
const PAUSE_MS = 120;
const ZONES = "Time zone";
const MOST_ZONES = 50;
const ITEM =
  "flex cursor-default items-baseline gap-3 rounded-sm px-2 py-1.5 data-[selected=true]:bg-hover data-[selected=true]:text-ink";

type Props = {
  typed: string;
  onType: (text: string) => void;
  onClose: () => void;
  onAsk: (asked: Asked) => void;
};

/** Everything that can be clicked, typed: projects and runs by name, what can be done here, pages, this browser. */
export default function Palette(props: Props) {
  const [isZones, setZones] = useState(false);
  return isZones ? <Zones onClose={props.onClose} /> : <Everything {...props} onZones={() => setZones(true)} />;
}

function Everything({ typed, onType, onClose, onAsk, onZones }: Props & { onZones: () => void }) {
  const search = useSettled(typed.trim(), PAUSE_MS);
  const here = useHereOffers(onAsk);
  const found = useFoundOffers(search);
  const general = useGeneralOffers(onAsk, onZones);
  const offers = foundOffers([...here, ...found.offers, ...general.offers], typed);
  return (
    <Offers
      typed={typed}
      onType={onType}
      placeholder={PALETTE_HINT}
      offers={offers}
      notes={found.notes}
      isReading={found.isReading || search !== typed.trim()}
      error={found.error ?? general.error}
      onChoose={(offer) => {
        offer.act();
        if (!offer.staysOpen) onClose();
      }}
    />
  );
}

function Zones({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const zones = allZones().map((name) => ({
    id: name,
    group: ZONES,
    label: name,
    hint: name === ownZone() ? "this computer's" : undefined,
    act: () => chooseTimeZone(name),
  }));
  const found = foundOffers(zones, typed);
  return (
    <Offers
      typed={typed}
      onType={setTyped}
      placeholder="A time zone"
      offers={found.slice(0, MOST_ZONES)}
      notes={found.length > MOST_ZONES ? { [ZONES]: AND_MORE } : {}}
      onChoose={(offer) => {
        offer.act();
        onClose();
      }}
    />
  );
}

type OffersProps = {
  typed: string;
  onType: (text: string) => void;
  placeholder: string;
  offers: readonly Offer[];
  notes?: Record<string, string>;
  isReading?: boolean;
  error?: Error | null;
  onChoose: (offer: Offer) => void;
};

function Offers({ typed, onType, placeholder, offers, notes = {}, isReading = false, error, onChoose }: OffersProps) {
  const { current, type, enter, ...choice } = useOfferChoice(offers, isReading, onType, onChoose);
  return (
    <Command
      label={placeholder}
      shouldFilter={false}
      loop
      value={current}
      onValueChange={choice.choose}
      onKeyDownCapture={(event) => (event.key === "Enter" ? enter(event) : choice.moves())}
      onPointerMoveCapture={choice.moves}
    >
      <Command.Input
        ref={beginAtEnd}
        value={typed}
        onValueChange={type}
        placeholder={placeholder}
        className={PALETTE_FIELD}
      />
      {error && <ErrorNote error={error} />}
      <Command.List className={PALETTE_LIST}>
        {!isReading && !offers.length && (
          <Command.Empty className="px-2 py-4 text-quiet">Nothing is called so.</Command.Empty>
        )}
        {groupsOf(offers).map(([group, items]) => (
          <Command.Group
            key={group}
            heading={group}
            className="pb-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-quiet [&_[cmdk-group-heading]]:text-small"
          >
            {items.map((offer) => (
              <Command.Item key={offer.id} value={offer.id} onSelect={() => onChoose(offer)} className={ITEM}>
                <span className="min-w-0 truncate">{offer.label}</span>
                <span className="ml-auto shrink-0 text-quiet text-small">{offer.hint}</span>
              </Command.Item>
            ))}
            {notes[group] && (
              <Command.Item
                disabled
                value={`note ${group}`}
                // A click on it leaves the focus in the field, where one is to go on typing.
                onMouseDown={(event) => event.preventDefault()}
                className="px-2 py-1.5 text-quiet text-small"
              >
                {notes[group]}
              </Command.Item>
            )}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

/** What was typed before stays, and is gone on with. */
function beginAtEnd(field: HTMLInputElement | null) {
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}
