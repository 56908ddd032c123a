/** What a user may do: privilege ids, `*` for all. System.Anonymous, System.View and System.Read come with any role. */
export interface Role {
  readonly name: string;
  readonly privileges: readonly string[];
}

const SYSTEM = ["System.Anonymous", "System.View", "System.Read"];

export const administrator: Role = { name: "Admin", privileges: ["*"] };
export const readOnly: Role = { name: "ReadOnly", privileges: [] };

export const mayDo = (role: Role, privilege: string): boolean =>
  role.privileges.includes("*") || SYSTEM.includes(privilege) || role.privileges.includes(privilege);
