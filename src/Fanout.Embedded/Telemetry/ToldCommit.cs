using System.Diagnostics;
using Fanout.Embedded.Driving;
using Fanout.Embedded.Stores;
using Fanout.Telemetry;

namespace Fanout.Embedded.Telemetry;

/// <summary>A turn's commit, as it is told of.</summary>
internal static class ToldCommit
{
    /// <summary>Commits a turn, in a span and with its figures if anybody listens; null: the lease is lost.</summary>
    public static async Task<CommittedTurn?> CommitAsync(EngineParts engine, TurnCommit commit)
    {
        var identity = commit.Identity;
        using var span = FanoutTelemetry.Source.HasListeners() && engine.Options.PlaceOf(identity.RootId, identity.Id) is var place && place != default
            ? FanoutTelemetry.Source.StartActivity(SpanNames.Commit, ActivityKind.Internal, place, [
                new(AttributeNames.RunId, identity.RootId),
                new(AttributeNames.InstanceId, identity.Id),
                new(AttributeNames.Orchestrator, identity.Name),
                new(AttributeNames.CommitEvents, commit.Append.Count),
            ])
            : null;
        var since = engine.Time.GetTimestamp();
        var committed = await engine.Store.CommitAsync(commit);
        if (committed is null)
            return null;
        var orchestrator = new KeyValuePair<string, object?>(AttributeNames.Orchestrator, identity.Name);
        StoreInstruments.CommitDuration.Record(engine.Time.GetElapsedTime(since).TotalSeconds, orchestrator);
        StoreInstruments.HistoryLength.Record(commit.KeptHistory + commit.Append.Count, orchestrator);
        if (committed.Bytes is { } bytes)
            StoreInstruments.CommitSize.Record(bytes, orchestrator);
        return committed;
    }
}
