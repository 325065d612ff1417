using System.Text.Json;

namespace Fanout.Benchmarks.Harness;

/// <summary>The findings for a program.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static byte[] Write(IEnumerable<Finding> findings) => JsonSerializer.SerializeToUtf8Bytes(
        findings.Select(finding => new
        {
            scenario = finding.Scenario.Name,
            description = finding.Scenario.Description,
            unit = finding.Scenario.Goal.Unit,
            ours = finding.Ours,
            baseline = finding.Baseline,
            comparing = finding.Scenario.Goal.Comparing.ToString(),
            figure = finding.Figure,
            bound = finding.Scenario.Goal.Bound,
            met = finding.IsMet,
            note = finding.Scenario.Note,
            skipped = finding.Scenario.Unavailable,
            rounds = finding.Rounds,
        }),
        Options);
}
