using Prunella.Commands;

return await RootCommands.RunAsync(args);
