using Fanout.Sources;

namespace Fanout.Results;

/// <summary>What a redrive needs to know of the run whose items it takes.</summary>
public sealed record EarlierRun
{
    /// <summary>Its id.</summary>
    public required string RunId { get; init; }

    /// <summary>Its report; null: it has not ended.</summary>
    public required RunReport? Report { get; init; }

    /// <summary>Which of its outcomes it wrote.</summary>
    public required KeepResults Keep { get; init; }

    /// <summary>Its parts that count.</summary>
    public required IReadOnlyList<PartRef> Parts { get; init; }

    /// <summary>Its source.</summary>
    public required ISource Source { get; init; }

    /// <summary>What its source's planning learnt; null: it failed before its source was read.</summary>
    public required SourcePlan? Plan { get; init; }

    /// <summary>Where its source keeps what it derived.</summary>
    public required ISourceWorkspace Workspace { get; init; }
}
