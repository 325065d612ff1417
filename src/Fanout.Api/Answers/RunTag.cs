using System.Globalization;
using Fanout.Runs;

namespace Fanout.Api.Answers;

/// <summary>What names a state of a run, as its ETag has it: the version of its control, by which changes are compared, and what its JSON hashes to.</summary>
public static class RunTag
{
    /// <summary>A state of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="json">Its view, whole.</param>
    public static string Of(RunRecord run, ReadOnlySpan<byte> json)
    {
        ArgumentNullException.ThrowIfNull(run);
        return JsonAnswer.EntityTag(OfVersion(run.Control.Version), json);
    }

    /// <summary>What tags begin with while the run's control has this version.</summary>
    public static string OfVersion(long version) => string.Create(CultureInfo.InvariantCulture, $"v{version}");
}
