using Fanout.Dispatch;

namespace Fanout.Azure.Queues;

/// <summary>What JSON that somebody put into a queue may lack: the serializer leaves null what is not there.</summary>
internal static class BatchFlaws
{
    public static string? Of(BatchMessage message) => message switch
    {
        { InstanceId: null or "" } => "instanceId is missing.",
        { Input: null } => "input is missing.",
        { Input.RunId: null or "" } => "input.runId is missing.",
        { Input.Key: null or "" } => "input.key is missing.",
        { Input: { Source: null } or { Pending: null } or { Keys: null } } => "input.source, input.pending or input.keys is missing.",
        _ => null,
    };

    public static string? Of(BatchCompletion completion) => completion switch
    {
        { InstanceId: null or "" } => "instanceId is missing.",
        { Key: null or "" } => "key is missing.",
        { Result: null or { Tally: null } or { Pending: null } or { Keys: null } or { Parts: null } } => "result, or its tally, pending, keys or parts, is missing.",
        _ => null,
    };
}
