throw new Error("`prisma dev` is not installed here.");
