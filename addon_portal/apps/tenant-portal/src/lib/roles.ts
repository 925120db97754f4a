/** What each role may do, and which of them somebody can give. Pure. */
import type { Role } from "@/lib/session";

/** From the least to the greatest; each includes those before it. */
const ROLES = ["viewer", "member", "admin", "operator"] as const satisfies readonly Role[];

export const ROLE_WORDS: Record<Role, { word: string; may: string }> = {
  viewer: { word: "Viewer", may: "Sees everything but the values of variables, and changes nothing." },
  member: { word: "Member", may: "Also makes projects, runs, restarts and stops them." },
  admin: { word: "Admin", may: "Also manages webhooks, keys and people of this tenant." },
  operator: { word: "Operator", may: "Also manages the installation and sees every tenant." },
};

const rank = (role: Role) => ROLES.indexOf(role);

/** Nobody gives more than they have. */
export const rolesToGive = (own: Role): Role[] => ROLES.filter((role) => rank(role) <= rank(own));

/** Why something of a person or key with this role cannot be taken away; null where it can. */
export function takingRefusal(own: Role, role: Role): string | null {
  return rank(role) <= rank(own) ? null : `It has the role ${role}, and yours is ${own}.`;
}
