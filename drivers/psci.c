// SPDX-License-Identifier: MIT
/* PSCI: power, from whoever is above us. The conduit comes from the device tree. */
#include <lintel/boot.h>
#include <lintel/errno.h>
#include <lintel/fdt.h>
#include <lintel/printk.h>
#include <lintel/string.h>
#include <asm/smccc.h>

#define PSCI_SYSTEM_OFF	0x84000008U

static s32 (*conduit)(ulong fn, ulong arg);

static s32 call_hvc(ulong fn, ulong arg) { return smccc_hvc(fn, arg); }
static s32 call_smc(ulong fn, ulong arg) { return smccc_smc(fn, arg); }

int psci_init(void)
{
	int node = fdt_next_compatible(-1, "arm,psci-1.0");
	const char *method;

	if (node < 0)
		node = fdt_next_compatible(-1, "arm,psci-0.2");
	if (node < 0)
		return -ENODEV;
	method = fdt_prop_string(node, "method");
	if (method && !strcmp(method, "hvc")) {
		conduit = call_hvc;
	} else if (method && !strcmp(method, "smc")) {
		conduit = call_smc;
	} else {
		pr_warn("PSCI: method \"%s\" is neither hvc nor smc\n", method ? method : "");
		return -EINVAL;
	}
	return 0;
}

int psci_system_off(void)
{
	if (!conduit)
		return -ENODEV;
	return conduit(PSCI_SYSTEM_OFF, 0);
}
