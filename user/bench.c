/* SPDX-License-Identifier: MIT */
#include "programs.h"
int main(int argc, char **argv, char **envp) { (void)argc, (void)argv, (void)envp; return 1; }
