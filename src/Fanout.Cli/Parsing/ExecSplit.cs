namespace Fanout.Cli.Parsing;

/// <summary>Cuts the command line at the first <c>--</c>: what follows is a command's own and is not looked into.</summary>
internal static class ExecSplit
{
    /// <summary>The words before, and those after; null: there is no <c>--</c>.</summary>
    public static (IReadOnlyList<string> Own, IReadOnlyList<string>? Exec) Split(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--")
                return ([.. args.Take(i)], [.. args.Skip(i + 1)]);
        }

        return (args, null);
    }
}
