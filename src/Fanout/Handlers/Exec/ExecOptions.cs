using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Exec;

/// <summary>What the exec handler was asked to do; legal by construction (<see cref="ExecOptionsReader"/>).</summary>
internal sealed record ExecOptions
{
    /// <summary>Bytes of standard output kept when the options do not say: 64 KiB.</summary>
    public const int DefaultMaxOutputBytes = 64 * 1024;

    /// <summary>Program and arguments; an appended item is the last.</summary>
    public required IReadOnlyList<Template> Command { get; init; }

    /// <summary>Variables added to the environment.</summary>
    public IReadOnlyList<(string Name, Template Value)> Environment { get; init; } = [];

    /// <summary>Null: this process's own.</summary>
    public Template? WorkingDirectory { get; init; }

    /// <summary>True: the item is the command's standard input; false: there is none (/dev/null).</summary>
    public bool ItemIsInput { get; init; }

    /// <summary>What standard output is to the results.</summary>
    public ExecOutput Output { get; init; }

    /// <summary>Bytes of standard output kept; the rest is read and dropped.</summary>
    public int MaxOutputBytes { get; init; } = DefaultMaxOutputBytes;

    /// <summary>Exit codes that mean success.</summary>
    public IReadOnlySet<int> SuccessExitCodes { get; init; } = new HashSet<int> { 0 };

    /// <summary>Exit codes that further attempts would not change.</summary>
    public IReadOnlySet<int> PermanentExitCodes { get; init; } = new HashSet<int>();
}

internal enum ExecOutput
{
    /// <summary>A JSON string, without the line breaks at its end.</summary>
    Text,

    /// <summary>One JSON value.</summary>
    Json,

    /// <summary>Nothing: it is thrown away.</summary>
    None,
}
