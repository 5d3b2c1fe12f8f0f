namespace Tiketi.Pipeline.Infrastructure;

/// <summary>Changes that take away what a resource holds: they are made only when somebody has named the resource.</summary>
public static class DataLoss
{
    /// <summary>One resource that a plan would replace or delete together with what it holds.</summary>
    /// <param name="Stack">The stack's short name.</param>
    /// <param name="Change">The change.</param>
    public sealed record Risk(string Stack, PlannedChange Change)
    {
        /// <summary>"data: Database (PostgreSQL database tiketi-db) would be replaced, because Engine changes; its databases ...".</summary>
        public override string ToString()
        {
            var name = $"{Stack}: {Change.LogicalId} ({ResourceTypes.NameOf(Change.Type)}{(Change.PhysicalId is null ? "" : " " + Change.PhysicalId)})";
            var causes = Change.Properties.Where(property => property.Replaces).Select(property => property.Path).ToList();
            var because = causes.Count == 0 ? "" : $", because {string.Join(" and ", causes)} change{(causes.Count == 1 ? "s" : "")}";
            return $"{name} would {(Change.Action == "Remove" ? "be deleted" : Change.Replacement == "True" ? "be replaced" : "perhaps be replaced")}{because}; {Fate}";
        }

        /// <summary>What becomes of what it holds.</summary>
        public string Fate
        {
            get
            {
                var content = DataResources.ContentOf(Change.Type);
                return Change.PolicyAction switch
                {
                    "Snapshot" or "ReplaceAndSnapshot" => $"{content} would stay only in a snapshot",
                    "Retain" or "ReplaceAndRetain" => $"{content} would stay with the old one, outside the stack",
                    _ => $"{content} would be lost",
                };
            }
        }
    }

    /// <summary>Every replacement and deletion of a resource that holds data.</summary>
    public static IReadOnlyList<Risk> Find(StackTemplate template, StackPlan plan)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(plan);
        return [.. plan.Changes.Where(IsLoss).Where(change => Holds(template, change)).Select(change => new Risk(plan.Name, change))];
    }

    /// <summary>Refuses a plan that takes away data nobody has said goodbye to.</summary>
    /// <param name="risks">What was found.</param>
    /// <param name="allowed">The logical ids that may go.</param>
    /// <param name="untouched">What is left as it is, as the sentence begins: "Nothing was changed".</param>
    /// <exception cref="PipelineException">Names each resource and what would be lost.</exception>
    internal static void Refuse(IReadOnlyList<Risk> risks, IReadOnlyCollection<string> allowed, string untouched)
    {
        var refused = risks.Where(risk => !allowed.Contains(risk.Change.LogicalId)).ToList();
        if (refused.Count > 0)
        {
            throw new PipelineException(
                $"{untouched}, because data would go:{string.Concat(refused.Select(risk => $"{Environment.NewLine}  {risk}"))}.",
                $"Take the change back, or keep a copy of the data and allow it by name: --allow-replacement {string.Join(",", refused.Select(risk => risk.Change.LogicalId).Distinct(StringComparer.Ordinal))}");
        }
    }

    private static bool IsLoss(PlannedChange change) => change.Action == "Remove" || change.Replacement is "True" or "Conditional";

    private static bool Holds(StackTemplate template, PlannedChange change) =>
        DataResources.Holds(template.Resources.FirstOrDefault(resource => resource.LogicalId == change.LogicalId) ?? new TemplateResource(change.LogicalId, change.Type))
        || change.PolicyAction is "Retain" or "Snapshot" or "ReplaceAndRetain" or "ReplaceAndSnapshot";
}
