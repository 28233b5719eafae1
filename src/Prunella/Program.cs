using Prunella.Commands;

return await RootCommands.Create().Parse(args).InvokeAsync();
