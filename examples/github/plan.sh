# The first job: synthesizes, plans, and packs both with the provider for the second. It only reads.
set -eu
npx cdktf synth
cd cdktf.out/stacks/*/
terraform init -input=false
terraform plan -input=false -lock-timeout=10m -out=plan.bin
# The calls that the plan stands for, for who reviews it.
terraform show -json plan.bin | jq -r '
  .resource_changes[]
  | select(.type == "hotplug_passthrough_devices" and .change.actions != ["no-op"])
  | .address + ": " + ((.change.after.steps // ["detach " + .change.before.devices[]]) | join(", "))
' > ../../../steps.txt
cd ../../..
tar -czf stack.tar.gz cdktf.out
cat steps.txt
