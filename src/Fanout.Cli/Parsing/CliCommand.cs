using System.CommandLine;

namespace Fanout.Cli.Parsing;

/// <summary>A subcommand with what its help shows.</summary>
/// <param name="name">Its name.</param>
/// <param name="description">One line.</param>
internal sealed class CliCommand(string name, string description) : Command(name, description)
{
    /// <summary>Its name as it is typed, after those of the commands it belongs to.</summary>
    public string FullName => string.Join(' ', Parents.OfType<CliCommand>().Select(parent => parent.FullName).Append(Name));

    /// <summary>What follows the name in the usage line.</summary>
    public string Synopsis { get; init; } = "";

    /// <summary>More than the description says; null: nothing.</summary>
    public string? Details { get; init; }

    /// <summary>Flags as help groups them.</summary>
    public IReadOnlyList<FlagGroup> Groups { get; private set; } = [];

    /// <summary>Arguments to show after the command's name, with what they do.</summary>
    public IReadOnlyList<(string Arguments, string Meaning)> Examples { get; init; } = [];

    /// <summary>True: <c>-- COMMAND ARG…</c> may follow.</summary>
    public bool TakesExec { get; init; }

    /// <summary>Adds flags under a title.</summary>
    public void Add(FlagGroup group)
    {
        Groups = [.. Groups, group];
        foreach (var option in group.Options.Where(o => !o.Recursive))
            Options.Add(option);
    }
}

/// <summary>Flags that belong together.</summary>
/// <param name="Title">What help calls them.</param>
/// <param name="Options">The flags, in the order help shows them.</param>
internal sealed record FlagGroup(string Title, IReadOnlyList<Option> Options);
