import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { Scenario } from "./scenario";
test("try", async () => {
  const s = await Scenario.start({ timings: { powerMs: 5, guestShutdownMs: 5, reconfigureMs: 2, queueMs: 0, publishMs: 0 } });
  void defaultInventory;
  const config = { virtual_machine_id: "vm-45", power_cycle: "if_needed" };
  const type = "hotplug_virtual_machine_settings";
  const plan = await s.plan(config, { type });
  console.log(JSON.stringify(plan.planned), plan.diagnostics);
  const out = await s.applyPlan(plan);
  console.log(JSON.stringify(out.state?.value), out.diagnostics);
  console.log(s.log().map((e) => `${e.operation} ${e.target.value} ${e.outcome} ${e.durationMs}`).join("\n"));
  const again = await s.plan(config, { type, state: out.state });
  console.log(again.action, again.diagnostics);
  const r = await s.command({}, (c) => c.read("hotplug_readiness", { virtual_machine_id: "vm-45" }));
  console.log(r.diagnostics, (r.value?.checks as never[]).map((c: Record<string,string>) => `${c.rule} ${c.status} ${c.sentence} | ${c.remedy}`).join("\n"));
  await s.stop();
});
