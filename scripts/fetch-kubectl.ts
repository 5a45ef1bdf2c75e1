// Unpacks Debian 13's kubectl into build/kubectl: Debian 12's is too old to know what deploy/ uses of kustomize.
import { existsSync } from 'node:fs';
import { openOwnApt } from './debian/own-apt.ts';
import { ownAptFolder } from './debian/unpacked-kernel.ts';

const FOLDER = 'build/kubectl';

if (!existsSync(`${FOLDER}/usr/bin/kubectl`)) openOwnApt(ownAptFolder()).unpack(['kubectl/trixie'], FOLDER);
