using System.Text.Json.Serialization;
using Fanout.Planning.Costs;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout.Runs;

/// <summary>Everything one may ask of runs, whichever engine executes them and whichever process drives them.</summary>
public interface IRunClient
{
    /// <summary>Starts a run. With an id that exists and the same spec it starts nothing and says so.</summary>
    /// <exception cref="RunException">The id exists with another spec.</exception>
    /// <exception cref="SourceException">The source is missing or unreadable; nothing was started.</exception>
    Task<StartedRun> StartAsync(RunSpec spec, CancellationToken cancellationToken);

    /// <summary>What a run of this spec would do; reads the source, starts nothing, leaves nothing behind.</summary>
    /// <exception cref="SourceException">The source is missing or unreadable.</exception>
    Task<PlanPreview> PreviewAsync(RunSpec spec, CancellationToken cancellationToken);

    /// <summary>A run.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    Task<RunRecord> GetAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Runs, newest first.</summary>
    Task<IReadOnlyList<RunRecord>> ListAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>Nothing new starts until <see cref="ResumeAsync"/>.</summary>
    /// <exception cref="RunException">There is no such run, or it has ended.</exception>
    Task PauseAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Takes a pause back.</summary>
    /// <exception cref="RunException">There is no such run, or it has ended.</exception>
    Task ResumeAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Ends the run: handlers in flight see a cancelled token, nothing new starts.</summary>
    /// <exception cref="RunException">There is no such run, or it has ended.</exception>
    Task CancelAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Changes what is not null.</summary>
    /// <exception cref="RunException">There is no such run, or it has ended.</exception>
    Task RetuneAsync(string runId, Retune change, CancellationToken cancellationToken);

    /// <summary>Deletes an ended run with its results.</summary>
    /// <exception cref="RunException">There is no such run, or it has not ended.</exception>
    Task PurgeAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Results in item order, streamed; of a run that has not ended, those its engine has recorded so far.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    IAsyncEnumerable<ResultLine> ReadResultsAsync(string runId, ResultQuery query, CancellationToken cancellationToken);

    /// <summary>As <see cref="ReadResultsAsync"/>, but each line as it was written: UTF-8 with its line end, valid until the next one is asked for.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadResultLinesAsync(string runId, ResultQuery query, CancellationToken cancellationToken);

    /// <summary>The run's branches and batches, as far as its results show them.</summary>
    /// <exception cref="RunException">There is no such run.</exception>
    Task<RunTree> ReadTreeAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Where the results are, for a human.</summary>
    string LocateResults(string runId);
}

/// <summary>Answer to a start.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Created">False: the same run existed already.</param>
public sealed record StartedRun(string RunId, bool Created);

/// <summary>Changes to a run under way; null leaves a value as it is.</summary>
/// <param name="Concurrency">Items in flight, 1 to 100,000.</param>
/// <param name="Rate">Item starts in time.</param>
/// <param name="Burst">Starts that may come at once.</param>
/// <param name="Tolerate">Tolerated failures.</param>
/// <param name="Weight">Share of contended limits relative to other runs, 0.001 to 1,000.</param>
public sealed record Retune(int? Concurrency = null, Rate? Rate = null, int? Burst = null, Tolerance? Tolerate = null, double? Weight = null);

/// <summary>Which results to read.</summary>
/// <param name="Status">Only these outcomes; null: all.</param>
/// <param name="From">First item index.</param>
/// <param name="To">One past the last item index; null: to the end.</param>
public sealed record ResultQuery(IReadOnlyList<OutcomeStatus>? Status = null, long From = 0, long? To = null);

/// <summary>What a run would do.</summary>
/// <param name="Items">Items in the source.</param>
/// <param name="Branches">Branches the root would fan out to.</param>
/// <param name="Lanes">Lanes over all branches.</param>
/// <param name="FirstRange">Items in the first ranges; later ones adapt.</param>
/// <param name="Allotment">What the run may use.</param>
/// <param name="MinimumByRate">The least time its rate allows; null: no rate.</param>
/// <param name="Note">What bounds it, in words.</param>
public sealed record PlanPreview(long Items, int Branches, int Lanes, long FirstRange, Allotment Allotment, TimeSpan? MinimumByRate, string Note)
{
    /// <summary>Whom it would tell when it has ended; null: nobody.</summary>
    public OnCompleteSpec? OnComplete { get; init; }

    /// <summary>What it would take in Azure; null: nobody asked.</summary>
    public AzurePlan? Azure { get; init; }

    /// <summary>What counting the source came to, for whoever plans it for elsewhere.</summary>
    [JsonIgnore]
    public SourcePlan? Source { get; init; }
}
