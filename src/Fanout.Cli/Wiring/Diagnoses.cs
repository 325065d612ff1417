using Fanout.Doctor;
using Fanout.Embedded.Inspection;

namespace Fanout.Cli.Wiring;

/// <summary>Looks at this process and a home, for <c>doctor</c> and for servers.</summary>
internal static class Diagnoses
{
    /// <summary>Looks.</summary>
    public static DoctorReport Look(string home, bool isNamed, TimeSpan patience, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var now = environment.Time.GetUtcNow();
        return DoctorReport.Of(now, environment.Version, EnvironmentProbe.Look(), HomeInspection.Look(home, isNamed, patience, now, cancellationToken));
    }
}
