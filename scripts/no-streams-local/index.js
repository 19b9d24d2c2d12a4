throw new Error("`prisma dev` is not available in this project.");
