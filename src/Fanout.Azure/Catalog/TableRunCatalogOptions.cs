using Fanout.Runs;

namespace Fanout.Azure;

/// <summary>What a catalog in tables is told of the process it is used by.</summary>
public sealed record TableRunCatalogOptions
{
    /// <summary>
    /// This process, as leases name it (<see cref="ProcessOwner"/>), when it drives runs: it is written beside the coordinator's progress, and others see
    /// by it who drives a run, for as long as that is renewed. Null: it drives none.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Who holds a run's lease in the engine of this home, as leases name it: known here to the moment, and before what is written in the table. Null,
    /// or a null answer: nobody here.
    /// </summary>
    public Func<string, Task<string?>>? FindOwner { get; init; }
}
